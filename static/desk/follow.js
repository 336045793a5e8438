// The text and its page, place by place: the page follows the cursor, a press in the
// page goes to the line that it came from. The server says which line begins where.
import { goToLine, lineAt, lineOf } from "./text.js";

const MARKED = NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_COMMENT;

/** The lines of a fresh page, taken out of it: [{ index, line }], index among its elements. */
export function takeLines(main) {
  const walker = main.ownerDocument.createTreeWalker(main, MARKED);
  const found = [];
  const comments = [];
  let index = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === Node.COMMENT_NODE) {
      const match = node.data.match(/^line (\d+)$/);
      if (match) found.push({ index, line: Number(match[1]) });
      comments.push(node);
    } else {
      if (node.dataset.line) found.push({ index, line: Number(node.dataset.line) });
      node.removeAttribute("data-line");
      index += 1;
    }
  }
  comments.forEach((node) => node.remove());
  return found;
}

/** Keeps the frame's page at the section that is being written. */
export function follow(field, frame) {
  let marks = [];
  let waiting = false;
  document.addEventListener("selectionchange", soon);
  field.form.addEventListener("focusin", (event) => {
    if (event.target.name === "title" || event.target.name === "dek") frame.contentWindow.scrollTo(0, 0);
  });

  function soon() {
    if (waiting || document.activeElement !== field) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      toCursor();
    });
  }

  function toCursor() {
    const position = field.selectionStart;
    const line = lineOf(field, position).number - 1;
    const at = marks.findLastIndex((mark) => mark.line <= line);
    if (at < 0) return;
    const box = marks[at].node.getBoundingClientRect();
    const next = marks.find((mark) => mark.line > marks[at].line);
    const start = lineAt(field, marks[at].line + 1).start;
    const end = next ? lineAt(field, next.line + 1).start : field.value.length;
    const share = Math.min(1, (position - start) / Math.max(1, end - start));
    const page = frame.contentWindow;
    const place = box.top + box.height * share;
    if (place > page.innerHeight * 0.08 && place < page.innerHeight * 0.85) return;
    page.scrollTo(0, page.scrollY + place - page.innerHeight * 0.3);
  }

  function onPress(event) {
    const link = event.target.closest("a[href]");
    if (link) event.preventDefault(); // the frame shows this page and no other
    if (link && (event.ctrlKey || event.metaKey)) return window.open(link.href, "_blank", "noopener");
    if (event.target.closest("summary, button, input, label")) return;
    const hash = link?.getAttribute("href").match(/^#(.+)$/)?.[1];
    const target = (hash && frame.contentDocument.getElementById(hash)) || event.target;
    if (hash) target.scrollIntoView();
    const mark = marks.findLast(({ node }) => node.contains(target));
    if (mark) goToLine(field, mark.line + 1);
  }

  return {
    /** The page has changed: these lines begin at these of its elements. */
    renew(main, lines) {
      const elements = main.getElementsByTagName("*");
      marks = lines
        .map(({ index, line }) => ({ line, node: elements[index] }))
        .filter(({ node }) => node)
        .sort((one, other) => one.line - other.line);
      if (document.activeElement === field) toCursor();
    },
    listen: () => frame.contentDocument.addEventListener("click", onPress),
  };
}
