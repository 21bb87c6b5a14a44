// A code's QR opens /return with the six words after "#". They are put into the field and wiped from the address; a
// browser never sends that part of an address to a server. The page works without this: the words can be typed.

const field = document.querySelector("input[name=code]");
const words = location.hash.replace(/%[0-9a-f]{2}|[^a-z]/gi, " ").replace(/ +/g, " ").trim();

if (location.hash) {
  history.replaceState(null, "", location.pathname + location.search);
}
if (field && words && words.length < 120 && !field.value) {
  field.value = words;
  field.focus();
}
