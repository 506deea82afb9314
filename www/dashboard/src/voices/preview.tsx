import type { FollowUp } from '../types/surveys'
import type { Answers } from './kind'

/** About as it will stand on a phone. It is a picture: nothing in it can be pressed. */
export function Preview(
  { question, answers: { kind, rating }, told, follow, comment, rules, talks }:
  { question: string; answers: Answers; told: string[]; follow: FollowUp[]; comment: boolean; rules: string; talks: boolean },
) {
  return (
    <figure class="preview">
      <div class="phone" aria-hidden="true">
        <div class="preview-box">
          <p>{question.trim() || 'Was it clear when your coffee arrives?'}</p>
          {kind === 'rating' ? (
            <>
              <span class="preview-scale">{told.map((point) => <span key={point}><i />{point}</span>)}</span>
              <span class="preview-ends small"><span>{rating.low}</span><span>{rating.high}</span></span>
            </>
          ) : told.map((choice) => <span key={choice} class="preview-choice">{choice}</span>)}
          {follow.map(({ after, question }) => (
            <span key={question} class="small"><span class="muted">After {after.join(', ')}:</span> {question}</span>
          ))}
          {(comment || follow.length > 0) && <span class="preview-comment">In your words, without names or addresses</span>}
          {(comment || kind === 'rating' || follow.length > 0) && <span class="preview-choice preview-send">Send</span>}
          {talks && <span class="muted small">Then: May we talk to you?</span>}
        </div>
      </div>
      <figcaption class="hint">How it looks on a phone. {rules}</figcaption>
    </figure>
  )
}
