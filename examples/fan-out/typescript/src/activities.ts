/** Measuring. */

export async function measure(item: number): Promise<number> {
  return item % 10;
}
