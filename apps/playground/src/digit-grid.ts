import type { DigitsReport } from "./messages.js";

const side = 28;

/** Draws a picture `[28, 28]` of values 0 to 1 into a canvas of that size. */
export function paintDigit(canvas: HTMLCanvasElement, picture: ArrayLike<number>): void {
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(side, side);
  for (let at = 0; at < side * side; at++) {
    const level = Math.round((picture[at] ?? 0) * 255);
    image.data.set([level, level, level, 255], at * 4);
  }
  context.putImageData(image, 0, 0);
}

/** Shows test digits with what the network reads in them; returns how many it reads right. */
export function showDigits(grid: HTMLElement, { pictures, truths, probabilities }: DigitsReport): number {
  let right = 0;
  const figures = truths.map((truth, at) => {
    const shares = Array.from(probabilities.subarray(at * 10, at * 10 + 10));
    const guess = shares.indexOf(Math.max(...shares));
    if (guess === truth) right++;
    const canvas = document.createElement("canvas");
    paintDigit(canvas, pictures.subarray(at * side * side, (at + 1) * side * side));
    const caption = document.createElement("figcaption");
    const sure = `${Math.round(100 * (shares[guess] ?? 0))} %`;
    caption.innerHTML = guess === truth ? `<b>${guess}</b> ${sure}` : `<b>${guess}</b> not ${truth}`;
    const figure = document.createElement("figure");
    figure.className = guess === truth ? "right" : "wrong";
    figure.title =
      guess === truth ? `Read right, ${sure} sure` : `It is a ${truth}, read as ${guess}, ${sure} sure`;
    figure.append(canvas, caption);
    return figure;
  });
  grid.replaceChildren(...figures);
  return right;
}

/** Ten bars, one a class, the likeliest marked. */
export function showBars(list: HTMLElement, probabilities: ArrayLike<number> | undefined): void {
  const shares = Array.from({ length: 10 }, (_, at) => probabilities?.[at] ?? 0);
  const best = probabilities ? shares.indexOf(Math.max(...shares)) : -1;
  list.replaceChildren(
    ...shares.map((share, at) => {
      const item = document.createElement("li");
      item.className = at === best ? "best" : "";
      item.style.setProperty("--share", String(share));
      item.textContent = String(at);
      item.title = `${at}: ${(100 * share).toFixed(1)} %`;
      return item;
    }),
  );
}
