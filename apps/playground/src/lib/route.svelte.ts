/** The part of the address behind `#/`, kept up to date. */
class Route {
  id = $state(idOf(location.hash));

  constructor() {
    addEventListener("hashchange", () => {
      this.id = idOf(location.hash);
    });
  }
}

function idOf(hash: string): string {
  return decodeURIComponent(hash.replace(/^#\/?/, ""));
}

export const route = new Route();
