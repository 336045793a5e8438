// The one module that changes the text: through the browser's own editing commands, so
// that undo takes back what a button did as it takes back what a key did.
//
// Lines are counted from 1, as the checklist names them.

/** The text takes the place of what is selected; the cursor stands behind it. */
export function insertText(field, text) {
  field.focus();
  const done = text === "" ? remove(field) : document.execCommand("insertText", false, text);
  if (done || field.disabled || field.readOnly) return;
  // A browser without the command: the change is made, undo can't take it back.
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

function remove(field) {
  return field.selectionStart === field.selectionEnd || document.execCommand("delete");
}

/** The text stands in place of what was between two positions; the cursor behind it. */
export function replaceRange(field, start, end, text) {
  field.focus();
  field.setSelectionRange(start, end);
  insertText(field, text);
}

/** The text as a part of its own, with an empty line before and behind it. */
export function insertBlock(field, text) {
  const before = field.value.slice(0, field.selectionStart);
  const behind = field.value.slice(field.selectionEnd);
  insertText(field, `${gap(before.match(/\n*$/)[0], before)}${text}${gap(behind.match(/^\n*/)[0], "x")}`);
}

function gap(breaks, whole) {
  return whole === breaks ? "" : "\n".repeat(Math.max(0, 2 - breaks.length));
}

/** Line `n`: { number, start, end, text }; the last one where there are not so many. */
export function lineAt(field, n) {
  let start = 0;
  let number = 1;
  for (; number < n; number += 1) {
    const end = field.value.indexOf("\n", start);
    if (end < 0) break;
    start = end + 1;
  }
  return line(field, number, start);
}

/** The line that holds a position (where the cursor is, if none is given). */
export function lineOf(field, position = field.selectionStart) {
  const before = field.value.slice(0, position);
  return line(field, before.split("\n").length, before.lastIndexOf("\n") + 1);
}

function line(field, number, start) {
  const next = field.value.indexOf("\n", start);
  const end = next < 0 ? field.value.length : next;
  return { number, start, end, text: field.value.slice(start, end) };
}

/** Line `n` is selected, in view, and ready to be typed over. */
export function goToLine(field, n) {
  const { start, end } = lineAt(field, n);
  goToRange(field, start, end);
}

/** What is between two positions is selected and in view. */
export function goToRange(field, start, end) {
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, end);
  const { top, height } = placeOf(field, start);
  field.scrollTop = Math.max(0, top - (field.clientHeight - height) / 3);
  field.scrollIntoView({ block: "nearest" });
}

// What a copy of the field must share with it to break its lines at the same places.
const COPIED = [
  "boxSizing", "width", "paddingTop", "paddingRight", "paddingBottom", "paddingLeft",
  "borderTopWidth", "borderRightWidth", "borderBottomWidth", "borderLeftWidth", "borderStyle",
  "fontFamily", "fontSize", "fontWeight", "fontStyle", "fontStretch", "fontVariant",
  "lineHeight", "letterSpacing", "wordSpacing", "textIndent", "textTransform", "tabSize",
];

/** Where a position stands within the field's text: { top, left, height } in pixels, unscrolled. */
export function placeOf(field, position) {
  const copy = document.createElement("div");
  const style = getComputedStyle(field);
  for (const name of COPIED) copy.style[name] = style[name];
  // The field's scroll bar takes its width from the text.
  const bar = field.offsetWidth - field.clientWidth - parseFloat(style.borderLeftWidth) - parseFloat(style.borderRightWidth);
  copy.style.paddingRight = `${parseFloat(style.paddingRight) + Math.max(0, bar)}px`;
  Object.assign(copy.style, { position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap", overflowWrap: "break-word", top: "0", left: "-9999px" });
  copy.append(field.value.slice(0, position));
  const mark = document.createElement("span");
  mark.textContent = field.value.slice(position).match(/^\S*/)[0] || ".";
  copy.append(mark);
  document.body.append(copy);
  const place = { top: mark.offsetTop, left: mark.offsetLeft, height: parseFloat(style.lineHeight) || mark.offsetHeight };
  copy.remove();
  return place;
}
