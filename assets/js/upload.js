// Says, before a file is sent, that it is too big; and says that sending goes on. The form works without this.
// The words come from the page: data-too-big and data-sending on the element with data-upload-notes.

const notes = document.querySelector("[data-upload-notes]");
const form = notes?.closest("form");
const field = form?.querySelector("input[type=file]");

function say(lines) {
  notes.replaceChildren(
    ...lines.map((line) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      return paragraph;
    }),
  );
}

field?.addEventListener("change", () => {
  const most = Number(notes.dataset.mostBytes);
  const tooBig = [...field.files].filter((file) => file.size > most);
  say(tooBig.map((file) => notes.dataset.tooBig.replace("{name}", () => file.name)));
});

form?.addEventListener("submit", () => say([notes.dataset.sending]));
