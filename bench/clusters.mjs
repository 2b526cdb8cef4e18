// How well a clustering (the ids given) agrees with the truth (who is in the photo). Pure functions.

function* pairsOf(counts) {
  for (const row of counts.values()) yield* row.values();
}

const choose2 = n => n * (n - 1) / 2;

/**
 * Scores items [{ person, id }]; person and id are any map keys.
 *
 * B-cubed (A. Bagga, B. Baldwin: "Entity-Based Cross-Document Coreferencing Using the Vector Space Model", COLING-ACL 1998;
 * in the form of E. Amigó et al.: "A comparison of extrinsic clustering evaluation metrics based on formal constraints",
 * Information Retrieval 12, 2009): an item's precision is the share of its cluster that is of its person, its recall the share
 * of its person that is in its cluster, the item itself included; both are averaged over all items, F1 is the harmonic mean of
 * the averages. With n(c,p) items of person p in cluster c this is P = 1/N sum n(c,p)^2/|c|, R = 1/N sum n(c,p)^2/|p|.
 *
 * Pairs: falseMerges counts pairs of items with one id and two persons, splits pairs with one person and two ids.
 * mixedIds counts ids that hold more than one person, splitPeople people with more than one id.
 */
export function scoreClusters(items) {
  const counts = new Map(); // id -> person -> items
  const personSize = new Map();
  for (const { person, id } of items) {
    if (!counts.has(id)) counts.set(id, new Map());
    const row = counts.get(id);
    row.set(person, (row.get(person) ?? 0) + 1);
    personSize.set(person, (personSize.get(person) ?? 0) + 1);
  }
  let precision = 0, recall = 0, sameId = 0, mixedIds = 0;
  const idsOf = new Map();
  for (const row of counts.values()) {
    let size = 0;
    for (const n of row.values()) size += n;
    for (const [person, n] of row) {
      precision += n * n / size;
      recall += n * n / personSize.get(person);
      idsOf.set(person, (idsOf.get(person) ?? 0) + 1);
    }
    sameId += choose2(size);
    if (row.size > 1) mixedIds++;
  }
  let right = 0, samePerson = 0;
  for (const n of pairsOf(counts)) right += choose2(n);
  for (const n of personSize.values()) samePerson += choose2(n);
  precision /= items.length;
  recall /= items.length;
  return {
    photos: items.length, people: personSize.size, ids: counts.size,
    precision, recall, f1: 2 * precision * recall / (precision + recall),
    falseMerges: sameId - right, splits: samePerson - right, rightPairs: right,
    mixedIds, splitPeople: [...idsOf.values()].filter(n => n > 1).length,
  };
}

/** A seeded generator of numbers in [0,1): mulberry32 (Tommy Ettinger, public domain). The same order on every machine. */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6D2B79F5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Fisher-Yates (Durstenfeld's form), in place. */
export function shuffle(list, seed) {
  const random = seededRandom(seed);
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}
