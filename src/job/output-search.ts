/** The maximum number of matches. */
const MAX_MATCHES = 1000;

/** Where a match begins and ends. */
export interface IMatch {
  start: Text;
  startOffset: number;
  end: Text;
  endOffset: number;
}

/** Finds `query` in the text below `root`, whatever elements its colors divide it into. */
export function findText(root: HTMLElement, query: string): IMatch[] {
  const wanted = query.toLowerCase();
  const matches: IMatch[] = [];
  if (wanted === '') {
    return matches;
  }
  const nodes: { node: Text; begin: number }[] = [];
  let text = '';
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    nodes.push({ node: node as Text, begin: text.length });
    text += (node as Text).data;
  }
  // A letter whose lower case is longer would move everything behind it.
  const lower = text.toLowerCase();
  const searched = lower.length === text.length ? lower : text;
  let first = 0;
  for (
    let at = searched.indexOf(wanted);
    at >= 0 && matches.length < MAX_MATCHES;
    at = searched.indexOf(wanted, at + wanted.length)
  ) {
    while (first + 1 < nodes.length && nodes[first + 1].begin <= at) {
      first += 1;
    }
    const end = at + wanted.length;
    let last = first;
    while (last + 1 < nodes.length && nodes[last + 1].begin < end) {
      last += 1;
    }
    matches.push({
      start: nodes[first].node,
      startOffset: at - nodes[first].begin,
      end: nodes[last].node,
      endOffset: end - nodes[last].begin
    });
  }
  return matches;
}

/** The range of a match in the page. */
export function rangeOf(match: IMatch): Range {
  const range = document.createRange();
  range.setStart(match.start, match.startOffset);
  range.setEnd(match.end, match.endOffset);
  return range;
}

/** Marks matches in the page without changing it, where the browser can. */
export function highlight(matches: readonly IMatch[], current: number): void {
  if (typeof Highlight === 'undefined' || !CSS.highlights) {
    return;
  }
  CSS.highlights.set('slurm-output-match', new Highlight(...matches.map(rangeOf)));
  const selected = matches.slice(Math.max(0, current), current + 1);
  CSS.highlights.set('slurm-output-current', new Highlight(...selected.map(rangeOf)));
}
