/** A text without the user part of its URLs: `https://user:secret@host` becomes `https://***@host`. A password may have an @ of its own. */
export function hideCredentials(text: string): string {
  return text.replace(/(:\/\/)[^/\s"]+@/g, '$1***@');
}
