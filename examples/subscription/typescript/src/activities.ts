/** What a subscription does to the world outside. */

export async function welcome(customer: string): Promise<void> {
  console.log(`${customer}: welcome`);
}

export async function charge(customer: string, amountCents: number): Promise<void> {
  console.log(`${customer}: charged ${amountCents} cents`);
}

export async function farewell(customer: string): Promise<void> {
  console.log(`${customer}: goodbye`);
}
