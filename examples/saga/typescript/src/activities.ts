/** The bookings. There is never a car on the moon. */

import { ApplicationFailure } from "@temporalio/activity";

export async function bookFlight(booking: string, destination: string): Promise<void> {
  console.log(`booked ${booking} to ${destination}`);
}

export async function bookHotel(booking: string, destination: string): Promise<void> {
  console.log(`booked ${booking} in ${destination}`);
}

export async function bookCar(booking: string, destination: string): Promise<void> {
  if (destination === "moon") {
    throw ApplicationFailure.nonRetryable("there are no cars on the moon", "NoCar");
  }
  console.log(`booked ${booking} in ${destination}`);
}

// A booking that was never made is taken back all the same: that must not fail.

export async function cancelFlight(booking: string): Promise<void> {
  console.log(`took back ${booking}`);
}

export async function cancelHotel(booking: string): Promise<void> {
  console.log(`took back ${booking}`);
}

export async function cancelCar(booking: string): Promise<void> {
  console.log(`took back ${booking}`);
}
