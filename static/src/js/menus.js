// Menus of the top bar: Escape and a press elsewhere close them.
function closeAll(except) {
  for (const menu of document.querySelectorAll("details.menu[open]"))
    if (menu !== except) menu.open = false;
}

export function startMenus() {
  document.addEventListener("click", (event) => closeAll(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    closeAll(null);
    menu?.querySelector("summary").focus();
  });
}
