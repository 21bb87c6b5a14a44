document.querySelector("#area").addEventListener("change", (event) => {
  location.href = event.target.value;
});
