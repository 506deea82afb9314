// Selectors, asked of the rewriter that will use them: what it cannot read would leave a page unedited without a word.

import { parsed } from '../body.mjs'

/** A problem for each selector of a document or of a plan that the streaming rewriter refuses, in the core's form. */
export function selectorProblems(text) {
  const problems = []
  for (const [pointer, select] of selectors(parsed(text))) {
    try {
      new HTMLRewriter().on(select, {})
    } catch (error) {
      problems.push({
        pointer, code: 'selector', cause: `The rewriter cannot read this selector: ${error.message.replace('Parser error: ', '')}`,
        fix: 'Use type, class, id and attribute selectors, joined by a blank or by `>`.',
      })
    }
  }
  return problems
}

function* selectors(written) {
  for (const [page, test] of entries(written?.pages)) {
    for (const [variant, edits] of entries(test?.variants)) yield* of(`/pages/${page}/variants/${variant}`, edits)
  }
  yield* of('/change/edits', written?.change?.edits)
}

function* of(place, edits) {
  for (const [index, edit] of entries(edits)) {
    if (typeof edit?.select === 'string' && edit.select.trim()) yield [`${place}/${index}/select`, edit.select]
  }
}

const entries = (value) => (value !== null && typeof value === 'object' ? Object.entries(value) : [])
