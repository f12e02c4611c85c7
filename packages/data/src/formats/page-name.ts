/** What messages call a page, counted from 1 there: `stack.tif (page 3)`; the file alone where it has one page. */
export function pageName(file: string, page: number, pages: number): string {
  return pages > 1 ? `${file} (page ${page + 1})` : file;
}
