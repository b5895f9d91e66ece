import CZminSIMD
import Testing
import ZminCore

/// ZminCore imports no C and repeats the codes of kernels and shaders. They must be equal.
@Suite struct CodeTests {
  @Test("String states have the codes of kernels and shaders") func stringStatesHaveTheCodesOfKernelsAndShaders() {
    let codes: [StringState: Int32] = [
      .outside: ZMIN_STATE_OUTSIDE, .inString: ZMIN_STATE_STRING, .escaped: ZMIN_STATE_ESCAPED,
    ]
    #expect(codes.count == StringState.allCases.count)
    for (state, code) in codes { #expect(Int32(state.rawValue) == code) }
  }

  @Test("Levels have the bits of the kernels") func levelsHaveTheBitsOfKernels() {
    #expect(Int(LevelSet.top.rawValue) == ZMIN_IN_NOTHING)
    #expect(Int(LevelSet.array.rawValue) == ZMIN_IN_ARRAY)
    #expect(Int(LevelSet.object.rawValue) == ZMIN_IN_OBJECT)
    #expect(Int(LevelSet.containers.rawValue) == ZMIN_IN_CONTAINER)
    #expect(Int(LevelSet.any.rawValue) == ZMIN_IN_ANYTHING)
  }

  @Test("Lexemes have the codes of the kernels") func lexemesHaveTheCodesOfKernels() {
    let codes = [
      ZMIN_BETWEEN, ZMIN_MINUS, ZMIN_ZERO, ZMIN_INTEGER, ZMIN_POINT, ZMIN_FRACTION, ZMIN_EXPONENT, ZMIN_EXPONENT_SIGN,
      ZMIN_EXPONENT_DIGITS, ZMIN_T, ZMIN_TR, ZMIN_TRU, ZMIN_F, ZMIN_FA, ZMIN_FAL, ZMIN_FALS, ZMIN_N, ZMIN_NU,
      ZMIN_NUL, ZMIN_LITERAL_END, ZMIN_STRING, ZMIN_ESCAPE, ZMIN_HEX4, ZMIN_HEX3, ZMIN_HEX2, ZMIN_HEX1, ZMIN_TAIL1,
      ZMIN_TAIL2, ZMIN_TAIL2_E0, ZMIN_TAIL2_ED, ZMIN_TAIL3, ZMIN_TAIL3_F0, ZMIN_TAIL3_F4,
    ]
    let lexemes: [Lexeme] = [
      .between, .minus, .zero, .integer, .point, .fraction, .exponent, .exponentSign, .exponentDigits, .t, .tr, .tru,
      .f, .fa, .fal, .fals, .n, .nu, .nul, .literalEnd, .string, .escape, .hex4, .hex3, .hex2, .hex1, .tail1, .tail2,
      .tail2AfterE0, .tail2AfterED, .tail3, .tail3AfterF0, .tail3AfterF4,
    ]
    #expect(lexemes.count == Lexeme.allCases.count && lexemes.count == Int(ZMIN_LEXEME_COUNT.rawValue))
    #expect(lexemes.map { UInt32($0.rawValue) } == codes.map(\.rawValue))
  }

  @Test("Expectations have the codes of the kernels") func expectationsHaveTheCodesOfKernels() {
    let codes = [
      ZMIN_EXPECT_START, ZMIN_EXPECT_VALUE, ZMIN_EXPECT_FIRST_ELEMENT, ZMIN_EXPECT_FIRST_KEY, ZMIN_EXPECT_KEY,
      ZMIN_EXPECT_COLON, ZMIN_EXPECT_AFTER_MEMBER, ZMIN_EXPECT_AFTER_ELEMENT, ZMIN_EXPECT_END,
      ZMIN_EXPECT_AFTER_VALUE, ZMIN_EXPECT_AFTER_COMMA, ZMIN_EXPECT_AFTER_STRING,
    ]
    let expectations: [ZminCore.Expectation] = [
      .start, .value, .firstElement, .firstKey, .key, .colon, .afterMember, .afterElement, .end, .afterValue,
      .afterComma, .afterString,
    ]
    #expect(expectations.count == Int(ZMIN_SLICE_EXPECTATION_COUNT.rawValue))
    #expect(ZminCore.Expectation(rawValue: UInt8(expectations.count)) == nil)
    #expect(expectations.map { UInt32($0.rawValue) } == codes.map(\.rawValue))
  }
}
