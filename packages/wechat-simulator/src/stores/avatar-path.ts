/**
 * The path of a simulated person's picture, as WeChat's pictures have it.
 *
 * @param size the last segment: 46, 64, 96, 132, or 0 for the original of 640 pixels
 */
export function avatarPath(id: string, size = "132"): string {
  return `/mmopen/vi_32/simulated-${id}/${size}`;
}
