/** Nobody answered, or not in time; whether it was done is not known. The next try may go well. */
export class StoreAway extends Error {
  override readonly name = 'StoreAway';
}
