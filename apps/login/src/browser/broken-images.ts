/**
 * Removes an avatar that does not load, so that the icon behind it shows. WeChat's avatar URLs stop working when the
 * person changes their image.
 */
export function removeBrokenImages(document: Document): void {
  for (const image of document.images) {
    if (image.complete && image.naturalWidth === 0) image.remove();
    else image.addEventListener("error", () => image.remove());
  }
}
