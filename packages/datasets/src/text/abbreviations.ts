/** Words of which a period is part, in lower case and without it. Single letters and `a.b.c` are matched by form. */
export const abbreviations: ReadonlySet<string> = new Set(
  (
    "mr mrs ms messrs dr prof gen col lt maj sgt capt adm sen sens rep reps gov rev hon st jr sr ph.d " +
    "co corp inc ltd bros cie cos vs jan feb aug sep sept oct nov dec mon tues wed thurs fri " +
    "ariz calif colo conn fla ga ill kan ky mich minn mo nev okla ore pa tenn va wash wis ave ft mt mg"
  ).split(" "),
);

/** Words that, with a capital, begin a sentence even after an abbreviation. */
export const sentenceStarters: ReadonlySet<string> = new Set(
  (
    "the this these those there he she it they we you i his her its their our my if when while where what how why " +
    "but so since although though however many most both nor not then now instead yet some"
  ).split(" "),
);
