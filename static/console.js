// Small comforts of the console; every page works without them.
(() => {
  // On a narrow screen the menu begins closed; on a wide one nothing would open it.
  const menu = document.getElementById("menu");
  const narrow = matchMedia("(max-width: 56rem)");
  const fit = () => { menu.open = !narrow.matches; };
  if (menu) {
    fit();
    narrow.addEventListener("change", fit);
  }

  // What stands in the element that data-copy names goes to the clipboard.
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
      const said = button.textContent;
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = said; }, 2000);
    });
  }

  // Ticks or clears all boxes of a list.
  for (const all of document.querySelectorAll("input[data-all]")) {
    all.addEventListener("change", () => {
      for (const box of document.querySelectorAll(`input[name="${all.dataset.all}"]`)) box.checked = all.checked;
    });
  }
})();
