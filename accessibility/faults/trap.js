document.querySelector("#name").addEventListener("keydown", (event) => {
  if (event.key === "Tab") event.preventDefault();
});
