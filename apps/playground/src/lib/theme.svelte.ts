const dark = matchMedia("(prefers-color-scheme: dark)");

/** Light or dark, as the system says; what draws on canvases draws anew when it changes. */
class Theme {
  dark = $state(dark.matches);

  constructor() {
    dark.addEventListener("change", ({ matches }) => {
      this.dark = matches;
    });
  }

  /** The value of a custom property of app.css. */
  color(name: string): string {
    void this.dark; // read, so that what depends on colours runs again when they change
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }
}

export const theme = new Theme();
