package workflow

import (
	"fmt"
	"math/bits"
	"math/rand/v2"

	"mainspring.dev/workflow/internal/contract"
)

// generator is xoroshiro128++ 1.0 (Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators, 2019) from the
// 128 bits that the host gives at a run's start. The same seed gives the same numbers in every version of this package.
type generator struct{ s0, s1 uint64 }

func newGenerator(seed contract.RandomSeed) generator {
	if seed == (contract.RandomSeed{}) {
		// The one state that it cannot leave.
		return generator{0x9e3779b97f4a7c15, 0xd1b54a32d192ed03}
	}
	return generator{seed.S0, seed.S1}
}

func (g *generator) Uint64() uint64 {
	s0, s1 := g.s0, g.s1
	output := bits.RotateLeft64(s0+s1, 17) + s0
	s1 ^= s0
	g.s0 = bits.RotateLeft64(s0, 49) ^ s1 ^ (s1 << 21)
	g.s1 = bits.RotateLeft64(s1, 28)
	return output
}

// runSource is whatever generator the run has: a reset gives it another.
type runSource struct{}

func (runSource) Uint64() uint64 { return currentRun().random.Uint64() }

// Rand has random numbers from the run's seed: the same ones in every replay, others in every run. They are not for secrets.
func Rand() *rand.Rand { return rand.New(runSource{}) }

// UUID is a random UUID (version 4) from the run's seed.
func UUID() string {
	high, low := currentRun().random.Uint64(), currentRun().random.Uint64()
	high = high&^(0xf<<12) | 0x4<<12
	low = low&^(0x3<<62) | 0x2<<62
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", high>>32, high>>16&0xffff, high&0xffff, low>>48, low&0xffffffffffff)
}
