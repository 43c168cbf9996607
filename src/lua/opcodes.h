// Instructions: eight bytes, three operands or one operand and a wide one.
//
//   op a b c hint     a: a register; b, c: registers, constants or counts; hint: see below
//   op a b   d        d: a signed number of 32 bits: a jump's distance from the next instruction,
//                     a constant, a prototype
//
// "RK" operands name a register below kRegistersMax rounded up to 256, and constant x - 256 above.
// The hint of an instruction that looks up a constant name is the index of the node where it was
// found last: objects built alike have their fields at the same index, so that the lookup is most
// often one comparison. It is the only part of the code that changes while running.
#pragma once

#include <cstdint>

namespace redstart::lua {

// Pairs of opposite conditions differ in the lowest bit: inverting a condition is an exclusive or.
#define REDSTART_LUA_OPCODES(X)                                                              \
  /* conditions: a b d: jump by d if it holds */                                             \
  X(Eq) X(Ne)           /* R[a] == R[b] */                                                   \
  X(EqK) X(NeK)         /* R[a] == K[b] */                                                   \
  X(Lt) X(NotLt)        /* R[a] < R[b]; the second also holds for NaN */                     \
  X(Le) X(NotLe)        /* R[a] <= R[b] */                                                   \
  X(LtK) X(NotLtK)      /* R[a] < K[b], a number */                                          \
  X(LeK) X(NotLeK)                                                                           \
  X(GtK) X(NotGtK)      /* K[b] < R[a] */                                                    \
  X(GeK) X(NotGeK)                                                                           \
  X(If) X(IfNot)        /* R[a] is true; a d */                                              \
  X(IfKeep) X(IfNotKeep) /* R[b] is true: R[a] := R[b] and jump */                           \
  /* moves */                                                                                \
  X(Move)               /* R[a] := R[b] */                                                   \
  X(LoadK)              /* R[a] := K[d] */                                                   \
  X(LoadNil)            /* R[a..b] := nil */                                                 \
  X(LoadBool)           /* R[a] := b; if c skip the next */                                  \
  X(GetUpvalue)         /* R[a] := U[b] */                                                   \
  X(SetUpvalue)         /* U[b] := R[a] */                                                   \
  X(GetGlobal)          /* R[a] := G[K[c]], hinted */                                        \
  X(SetGlobal)          /* G[K[c]] := R[a], hinted */                                        \
  /* tables */                                                                               \
  X(NewTable)           /* R[a] := {}, room for b and c */                                   \
  X(GetTable)           /* R[a] := R[b][R[c]] */                                             \
  X(GetField)           /* R[a] := R[b][K[c]], hinted */                                     \
  X(GetIndex)           /* R[a] := R[b][c] */                                                \
  X(SetTable)           /* R[a][R[b]] := RK[c] */                                            \
  X(SetField)           /* R[a][K[b]] := RK[c], hinted */                                    \
  X(SetIndex)           /* R[a][b] := RK[c] */                                               \
  X(Self)               /* R[a+1] := R[b]; R[a] := R[b][K[c]], hinted */                     \
  X(SetList)            /* R[a][d+i] := R[a+i], 1 <= i <= b, or up to the top if b = 0 */     \
  /* arithmetic: R[a] := R[b] op R[c]; ..K: op K[c]; K..: K[b] op R[c] */                    \
  X(Add) X(Sub) X(Mul) X(Div) X(Mod) X(Pow)                                                  \
  X(AddK) X(SubK) X(MulK) X(DivK) X(ModK) X(PowK)                                            \
  X(KAdd) X(KSub) X(KMul) X(KDiv) X(KMod) X(KPow)                                            \
  X(Unm) X(Not) X(Len)  /* R[a] := op R[b] */                                                \
  X(Concat)             /* R[a] := R[b] .. ... .. R[c] */                                    \
  /* control */                                                                              \
  X(Jump)               /* by d */                                                           \
  X(JumpBack)           /* by d, and poll */                                                 \
  X(Call)               /* R[a](R[a+1..a+b-1]), c-1 results; b = 0: up to the top, c = 0: all */ \
  X(TailCall)           /* return R[a](R[a+1..a+b-1]) */                                     \
  X(Return)             /* R[a..a+b-2]; b = 0: up to the top */                              \
  X(Return0) X(Return1) /* nothing; R[a] */                                                  \
  X(ForPrep)            /* checks R[a..a+2]; jump by d to ForLoop */                          \
  X(ForLoop)            /* R[a] += R[a+2]; if within R[a+1]: R[a+3] := R[a], jump by d */      \
  X(ForIn)              /* R[a+3..a+2+b] := R[a](R[a+1], R[a+2]) */                          \
  X(ForInLoop)          /* if R[a+3] ~= nil: R[a+2] := R[a+3], jump by d */                   \
  X(Close)              /* closes upvalues from R[a] on */                                   \
  X(MakeClosure)        /* R[a] := closure(P[d]) */                                          \
  X(Vararg)             /* R[a..a+b-2] := ...; b = 0: all, setting the top */

enum class Op : uint8_t {
#define REDSTART_LUA_OP(name) k##name,
  REDSTART_LUA_OPCODES(REDSTART_LUA_OP)
#undef REDSTART_LUA_OP
};

struct Instruction {
  Op op;
  uint8_t a;
  uint16_t b;
  union {
    struct {
      uint16_t c;
      uint16_t hint;
    } w;
    int32_t d;
  };
};
static_assert(sizeof(Instruction) == 8);

inline constexpr uint16_t kConstantOperand = 256;  // RK operands from here on are constants

}  // namespace redstart::lua
