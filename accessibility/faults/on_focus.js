document.querySelector("#name").addEventListener("focus", () => {
  document.querySelector("#more").textContent = "You can use a made-up name.";
});
