/** Longer words are told apart by so many characters: what is indexed has a longest length. */
const toldApartBy = 100

/**
 * The words of a text in lower case, each once, as `$search` tells them apart ("Use the $search query parameter",
 * tokenization). What a search asks for is cut up the same way, and each of its words may be the beginning of one.
 */
export function searchWords(text: string): readonly string[] {
  const words = text.toLowerCase().split(/[\s\-_.,@/():]+/)
  return [...new Set(words.filter((word) => word !== '').map(shortened))]
}

function shortened(word: string): string {
  return word.length > toldApartBy ? [...word].slice(0, toldApartBy).join('') : word
}
