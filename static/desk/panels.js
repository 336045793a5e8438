// The panels beside the text as tabs. A panel is `<section class="desk-panel" id="panel-…">`
// with an h2; `data-count` on it is shown in its tab, whenever it changes.
const box = document.querySelector("[data-panels]");
const panels = box ? [...box.querySelectorAll(":scope > .desk-panel")] : [];
if (panels.length) start();

function start() {
  const list = document.createElement("div");
  list.className = "desk-tabs";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Beside the text");
  const tabs = panels.map(makeTab);
  list.append(...tabs);
  box.prepend(list);
  choose(tabs[0]);
  list.addEventListener("keydown", (event) => {
    const here = tabs.indexOf(document.activeElement);
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (here < 0 || next === undefined) return;
    event.preventDefault();
    const tab = tabs.at(next % tabs.length);
    choose(tab);
    tab.focus();
  });

  function makeTab(panel) {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.className = "desk-tab";
    tab.id = `tab-${panel.id}`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    tab.addEventListener("click", () => choose(tab));
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    panel.tabIndex = 0;
    const count = () => name(tab, panel);
    count();
    new MutationObserver(count).observe(panel, { attributes: true, attributeFilter: ["data-count"] });
    return tab;
  }

  function choose(chosen) {
    tabs.forEach((tab, index) => {
      const selected = tab === chosen;
      tab.setAttribute("aria-selected", String(selected));
      tab.tabIndex = selected ? 0 : -1;
      panels[index].hidden = !selected;
    });
  }
}

function name(tab, panel) {
  const count = panel.dataset.count ?? "";
  const heading = panel.querySelector("h2");
  tab.textContent = heading?.dataset.tab ?? heading?.textContent ?? panel.id;
  if (count === "" || count === "0") return;
  const number = document.createElement("span");
  number.className = "desk-tab-count";
  number.textContent = count;
  tab.append(" ", number);
}
