// Shows what is new every second. A post that has not changed is left alone, so
// that a link does not vanish under somebody's finger.
const posts = document.getElementById("posts");
let shown = "";
async function refresh() {
  try {
    const answer = await fetch(posts.dataset.from);
    const text = await answer.text();
    if (answer.ok && !answer.redirected && text !== shown) {
      posts.innerHTML = text;
      shown = text;
    }
  } catch {
    // The server is away; the next second may know more.
  }
}
refresh();
setInterval(refresh, 1000);
