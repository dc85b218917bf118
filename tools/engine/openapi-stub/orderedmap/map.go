// Package orderedmap has maps that keep the order in which they were filled.
package orderedmap

import (
	"iter"
	"slices"
)

// A Map keeps the order in which it was filled. A nil one is empty.
type Map[K comparable, V any] struct {
	keys   []K
	values map[K]V
}

// New returns an empty map.
func New[K comparable, V any]() *Map[K, V] { return &Map[K, V]{values: map[K]V{}} }

// Len returns how much is in a map.
func Len[K comparable, V any](m *Map[K, V]) int {
	if m == nil {
		return 0
	}
	return len(m.keys)
}

// Set puts a value in, or another one in its place.
func (m *Map[K, V]) Set(key K, value V) (V, bool) {
	before, present := m.Get(key)
	if !present {
		m.keys = append(m.keys, key)
	}
	m.values[key] = value
	return before, present
}

// Delete takes a value out.
func (m *Map[K, V]) Delete(key K) (V, bool) {
	before, present := m.Get(key)
	if present {
		delete(m.values, key)
		m.keys = slices.DeleteFunc(m.keys, func(each K) bool { return each == key })
	}
	return before, present
}

// Get returns a value, and whether it's there.
func (m *Map[K, V]) Get(key K) (value V, present bool) {
	if m != nil {
		value, present = m.values[key]
	}
	return value, present
}

// GetOrZero returns a value, or nothing.
func (m *Map[K, V]) GetOrZero(key K) V {
	value, _ := m.Get(key)
	return value
}

// FromOldest walks over keys and values.
func (m *Map[K, V]) FromOldest() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for index := range Len(m) {
			if !yield(m.keys[index], m.values[m.keys[index]]) {
				return
			}
		}
	}
}

// KeysFromOldest walks over keys.
func (m *Map[K, V]) KeysFromOldest() iter.Seq[K] {
	return func(yield func(K) bool) {
		for key := range m.FromOldest() {
			if !yield(key) {
				return
			}
		}
	}
}
