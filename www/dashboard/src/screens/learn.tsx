import { useStatistics } from '../learn/asking'
import { GroupsLesson } from '../learn/groups'
import { PeekingLesson } from '../learn/peeking'
import { RatioLesson } from '../learn/ratio'
import { SizeLesson } from '../learn/size'
import { Screen } from '../parts'
import '../learn/learn.css'

/** Four things that numbers do to people, to be tried by hand. What is computed is the engine's own, in this browser. */
export function Learn() {
  const ask = useStatistics()
  return (
    <Screen title="Try it yourself" above={<a href="#/library">Library</a>} aside={<p>The engine’s own statistics, in your browser. Nothing here touches an experiment.</p>}>
      <SizeLesson ask={ask} />
      <PeekingLesson ask={ask} />
      <RatioLesson ask={ask} />
      <GroupsLesson ask={ask} />
    </Screen>
  )
}
