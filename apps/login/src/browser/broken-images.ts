/** An avatar that cannot be loaded makes way for the icon behind it: WeChat's addresses die with every new picture. */
export function removeBrokenImages(document: Document): void {
  for (const picture of document.images) {
    if (picture.complete && picture.naturalWidth === 0) picture.remove();
    else picture.addEventListener("error", () => picture.remove());
  }
}
