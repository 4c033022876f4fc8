/** What workflows cannot do themselves. */

export async function sendReminder(whom: string): Promise<string> {
  console.log(`${whom}, it is time!`);
  return `reminded ${whom}`;
}
