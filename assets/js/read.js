// "Read to me": opening it plays at once, closing it is quiet (a video in sign language too), and only one thing is read at a time. Leaving the page is
// quiet too, also when the browser keeps the page to come back to.
const players = [...document.querySelectorAll(".read-aloud")].map((box) => [box, box.querySelector("audio, video")]);

function quiet(except) {
  for (const [, sound] of players) if (sound !== except) sound.pause();
}

for (const [box, sound] of players) {
  box.addEventListener("toggle", (event) => {
    if (event.target !== box) return;
    // Where the browser does not let it play, its own button is there to press.
    if (box.open && sound.tagName === "AUDIO") sound.play().catch(() => {});
    if (!box.open) sound.pause();
  });
  sound.addEventListener("play", () => quiet(sound));
}

addEventListener("pagehide", () => quiet());
