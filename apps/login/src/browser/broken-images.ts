/**
 * Removes an avatar that does not load, so that the icon behind it shows. WeChat's avatar URLs stop working when the
 * person changes their image.
 */
export function removeBrokenImages(document: Document): void {
  // Not document.images: that list shrinks with every image that is removed, and skips the next one.
  for (const image of document.querySelectorAll("img")) {
    if (image.complete && image.naturalWidth === 0) image.remove();
    else image.addEventListener("error", () => image.remove());
  }
}
