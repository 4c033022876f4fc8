/** Stands in for the global `process`: if it is in a bundle, somebody uses that. Packages that ask whether it is there hear that it is not. */
export const process: unknown = undefined;
