"use strict";
// The page is whole without this: it adds a search, and lets Escape close what is shown.
const search = document.querySelector(".search");
search.hidden = false;
search.addEventListener("input", (event) => {
  const wanted = event.target.value.trim().toLowerCase();
  for (const place of document.querySelectorAll("[data-name]")) {
    place.hidden = !place.dataset.name.includes(wanted);
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const mark of document.querySelectorAll("mark:hover, mark:focus")) {
      mark.classList.add("hushed");
      mark.blur();
    }
  }
});
for (const kind of ["mouseout", "focusout"]) {
  document.addEventListener(kind, (event) => {
    event.target.closest?.("mark")?.classList.remove("hushed");
  });
}
