// The stream's arithmetic against examples worked out by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantile } from '../tools/daemon.mjs';
import { scoreClusters, shuffle } from './clusters.mjs';
import { personOf } from './stream.mjs';

/** 'A:1 A:1 B:2' -> items */
const items = text => text.split(' ').map(pair => ({ person: pair.split(':')[0], id: Number(pair.split(':')[1]) }));
const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);

test('perfect ids score one everywhere', () => {
  const s = scoreClusters(items('A:7 A:7 B:3 C:9 C:9 C:9'));
  near(s.precision, 1);
  near(s.recall, 1);
  near(s.f1, 1);
  assert.deepEqual([s.photos, s.people, s.ids, s.falseMerges, s.splits, s.mixedIds, s.splitPeople], [6, 3, 3, 0, 0, 0, 0]);
});

test('one id for everybody keeps recall and loses precision', () => {
  // 4 items in one cluster: A A A B. Precision (3 * 3/4 + 1/4) / 4 = 10/16; false pairs: 3 of A with B.
  const s = scoreClusters(items('A:1 A:1 A:1 B:1'));
  near(s.precision, 10 / 16);
  near(s.recall, 1);
  near(s.f1, 2 * (10 / 16) / (1 + 10 / 16));
  assert.deepEqual([s.falseMerges, s.splits, s.mixedIds, s.splitPeople], [3, 0, 1, 0]);
});

test('an id for every photo keeps precision and loses recall', () => {
  // A has 3 photos: recall 1/3 each; B has one: 1. Mean (3 * 1/3 + 1) / 4 = 1/2.
  const s = scoreClusters(items('A:1 A:2 A:3 B:4'));
  near(s.precision, 1);
  near(s.recall, 1 / 2);
  near(s.f1, 2 / 3);
  assert.deepEqual([s.falseMerges, s.splits, s.mixedIds, s.splitPeople], [0, 3, 0, 1]);
});

test('merges and splits together are counted item by item', () => {
  // id 1: A A B; id 2: A B B B. |A| = 3, |B| = 4.
  // precision: id 1: A 2/3 twice, B 1/3; id 2: A 1/4, B 3/4 three times. Sum 4/3 + 1/3 + 1/4 + 9/4 = 25/6; over 7: 25/42.
  // recall: A in id 1: 2/3 twice, A in id 2: 1/3, B in id 1: 1/4, B in id 2: 3/4 three times. Sum 5/3 + 10/4 = 25/6; over 7: 25/42.
  // pairs: same id 3 + 6 = 9, same person 3 + 6 = 9, both 1 + 3 = 4.
  const s = scoreClusters(items('A:1 A:1 B:1 A:2 B:2 B:2 B:2'));
  near(s.precision, 25 / 42);
  near(s.recall, 25 / 42);
  near(s.f1, 25 / 42);
  assert.deepEqual([s.rightPairs, s.falseMerges, s.splits, s.mixedIds, s.splitPeople], [4, 5, 5, 2, 2]);
});

test('the order of the photos does not change the score', () => {
  const list = items('A:1 A:1 B:1 A:2 B:2 B:2 B:2 C:3 C:1');
  assert.deepEqual(scoreClusters(shuffle([...list], 5)).f1.toFixed(12), scoreClusters(list).f1.toFixed(12));
});

test('a seed gives one order, another seed another, and nothing is lost', () => {
  const list = Array.from({ length: 50 }, (_, i) => i);
  const once = shuffle([...list], 1);
  assert.deepEqual(shuffle([...list], 1), once);
  assert.notDeepEqual(shuffle([...list], 2), once);
  assert.deepEqual([...once].sort((a, b) => a - b), list);
});

test('the person is the folder, else the name without its number', () => {
  assert.equal(personOf('Aaron_Sorkin_0002.jpg'), 'Aaron_Sorkin');
  assert.equal(personOf('anna/first.png'), 'anna');
  assert.equal(personOf('team/anna/IMG_0001.jpg'), 'team/anna');
  assert.equal(personOf('solo.jpg'), 'solo');
});

test('quantiles are taken by the nearest rank', () => {
  assert.equal(quantile([5, 1, 4, 2, 3], 0.5), 3);
  assert.equal(quantile(Array.from({ length: 100 }, (_, i) => i + 1), 0.95), 95);
  assert.equal(quantile([7], 0.95), 7);
});
