// One page becomes another by changing what differs: no flash, and no picture loads twice.

/** The old element says what the fresh one says; what is the same stays the same node. */
export function patch(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    // What somebody opened in the page stays open.
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  const before = [...old.childNodes];
  const after = [...fresh.childNodes];
  let start = 0;
  while (before[start]?.isEqualNode(after[start] ?? null)) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before.at(-1 - end).isEqualNode(after.at(-1 - end))) end += 1;

  const left = before.slice(start, before.length - end);
  const behind = before[before.length - end] ?? null;
  after.slice(start, after.length - end).forEach((node, index) => put(node, left[index], old, behind));
  left.slice(after.length - end - start).forEach((node) => node.remove());
}

function put(node, was, parent, behind) {
  if (!was) parent.insertBefore(node, behind);
  else if (was.nodeName !== node.nodeName) was.replaceWith(node);
  else if (was.nodeType === Node.ELEMENT_NODE) patch(was, node);
  else if (was.data !== node.data) was.data = node.data;
}
