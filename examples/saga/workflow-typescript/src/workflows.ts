/** A journey of three bookings: all of them, or none. */

import { ActivityFailure, log, proxyActivities } from "@mainspring/workflow";

import type * as activities from "../../typescript/src/activities.js";

export interface Journey {
  traveller: string;
  destination: string;
}

export interface Outcome {
  booked: string[];
  undone: string[];
  problem: string | null;
}

const { bookFlight, bookHotel, bookCar, cancelFlight, cancelHotel, cancelCar } = proxyActivities<typeof activities>({
  startToCloseTimeout: "30 seconds",
  retry: { initialInterval: "1 second", backoffCoefficient: 2, maximumAttempts: 3 },
});

/** Books a flight, a hotel and a car; if one of them cannot be had, takes back what was booked, the last first. */
export async function bookJourney({ traveller, destination }: Journey): Promise<Outcome> {
  const booked: string[] = [];
  const undone: string[] = [];
  const compensations: (() => Promise<void>)[] = [];

  const book = async (name: string, make: typeof bookFlight, takeBack: typeof cancelFlight): Promise<void> => {
    const booking = `${name}-${traveller}`;
    // Before the booking: one that was made though nobody heard of it must be taken back, too.
    compensations.unshift(async () => {
      await takeBack(booking);
      undone.push(booking);
    });
    await make(booking, destination);
    booked.push(booking);
  };

  try {
    await book("flight", bookFlight, cancelFlight);
    await book("hotel", bookHotel, cancelHotel);
    await book("car", bookCar, cancelCar);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) {
      throw error;
    }
    log.warn("taking back what was booked");
    for (const compensate of compensations) {
      await compensate();
    }
    return { booked, undone, problem: (error.cause ?? error).message };
  }
  return { booked, undone, problem: null };
}
