/** The first screen: what the studio is for. */
export function Welcome() {
  return (
    <div class="narrow">
      <h1>Which network segments your micrographs best?</h1>
      <p class="lead">
        Bring electron micrographs and masks, choose networks, and watch them train on this computer. You get a ranking
        that says how sure it is, and a model to segment the rest.
      </p>
      <p class="private">Nothing leaves this computer: images, masks and models stay in this browser.</p>
    </div>
  );
}
