// Players of sound and video: a link with a moment plays from there, and a choice says how fast all players of an item play.

const cardOf = (part) => part.closest(".card") ?? document;

export const playersOf = (part) => cardOf(part).querySelectorAll("video.media, audio.media");

function playFrom(player, seconds) {
  player.currentTime = seconds;
  // Where the browser does not let it play, its own button is there to press.
  player.play().catch(() => {});
}

for (const moment of document.querySelectorAll("a[data-at]")) {
  const [player] = playersOf(moment);
  if (!player) continue;
  moment.addEventListener("click", (event) => {
    event.preventDefault();
    playFrom(player, Number(moment.dataset.at));
  });
}

for (const speed of document.querySelectorAll("[data-speed]")) {
  const choice = speed.querySelector("select");
  speed.hidden = false;
  choice.addEventListener("change", () => {
    for (const player of playersOf(speed)) {
      // Voices stay as high as they are.
      player.preservesPitch = true;
      player.defaultPlaybackRate = Number(choice.value) / 100;
      player.playbackRate = player.defaultPlaybackRate;
    }
  });
}
