// Package zxcvbn stands in for a module that reads its dictionaries whenever `pulumi` starts, which takes longer
// than all the rest of the start. `pulumi` asks it one thing: whether a plain setting looks like a secret. Here
// the characters alone tell that, without dictionaries.
package zxcvbn

import "math"

// A Strength is what `pulumi` reads of an answer.
type Strength struct {
	Entropy float64 // bits
}

// PasswordStrength guesses how hard a text is to guess, from how many different characters it has.
func PasswordStrength(text string, _ []string) Strength {
	different := map[rune]bool{}
	for _, character := range text {
		different[character] = true
	}
	return Strength{float64(len(text)) * math.Log2(float64(len(different)+1))}
}
