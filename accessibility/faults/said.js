document.querySelector("#send").addEventListener("click", () => {
  setTimeout(() => { document.querySelector("#said").textContent = "Your film is here. Thank you."; }, 300);
});
