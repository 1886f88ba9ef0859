// Lists that come in pages.

/** A page of a list; `next_cursor` leads to the one after it, and is null on the last. */
export interface Page<T> {
  items: T[];
  next_cursor?: string | null | undefined;
}

/** All items of a list, page after page, each fetched when it is needed. */
export async function* eachItem<T>(
  page: (cursor: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<T, void, undefined> {
  let cursor: string | undefined;
  do {
    const { items, next_cursor } = await page(cursor);
    yield* items;
    cursor = next_cursor ?? undefined;
  } while (cursor !== undefined);
}
