// Tells how strong a new password looks while it is typed, and shows it when asked to. A hint only: the server decides.
// Without this script neither is there, and nothing is missing.
(() => {
  const box = document.querySelector(".strength"), words = box.dataset;
  const field = document.getElementById(words.field);
  const show = box.querySelector("input"), told = box.querySelector("p");

  // As the server compares: without case, accents and what people put between words.
  const bare = text => text.normalize("NFD").toLowerCase().replace(/[\p{M}\s\-_.,;:/\\|'"]/gu, "");
  const known = [words.known, ...words.known.split(/\s/)].map(bare).filter(word => word.length > 3);

  const repeats = all => new Set(all).size < 4
    || all.some((_, unit) => unit && unit < words.min && unit * 2 <= all.length && all.every((c, i) => c === all[i % unit]));

  // How many characters do not merely go on with a series such as 345, cba, ttt or sdf.
  const places = [c => c.codePointAt(0), (c, i) => "1234567890qwertyuiopasdfghjklzxcvbnm".indexOf(c) + 1 || i * 99];
  const unforeseen = all => all.filter((_, i) => !places.some(place => {
    const step = at => place(all[at], at) - place(all[at - 1], at - 1);
    return i > 1 && Math.abs(step(i)) < 2 && step(i) === step(i - 1);
  })).length;

  const judge = typed => {
    const all = [...typed.normalize("NFC").toLowerCase()], plain = bare(typed);
    if (all.length < words.min) return "short";
    if (repeats(all)) return "repeats";
    const rest = known.reduce((rest, word) => rest.replaceAll(word, ""), plain);
    if (rest !== plain && rest.length < 6) return "own";
    if (unforeseen([...plain]) < 7) return "series";
    return (typed.match(/\p{L}+/gu) || []).length < 2 && all.length < 20 ? "fair" : "good";
  };

  let waiting;
  const tell = () => {
    waiting = 0;
    const verdict = field.value && judge(field.value), text = words[verdict] || "";
    words.level = { good: 3, fair: 2, "": 0 }[verdict] ?? 1;
    // Saying the same again would interrupt a screen reader for nothing.
    if (told.textContent !== text) told.textContent = text;
  };
  field.addEventListener("input", () => waiting ||= setTimeout(tell, 600));

  const reveal = () => field.type = show.checked ? "text" : "password";
  show.addEventListener("change", reveal);
  // Sent as a password, so that browsers keep it among passwords and not among what was typed into forms.
  field.form.addEventListener("submit", () => reveal(show.checked = false));
  box.hidden = false;
})();
