# Mutation testing, for test-mutants and test-shader-mutants. A mutant is a copy of the sources with one rule broken.
# The script that sources this file defines:
#   scratch   temporary folder
#   log       file for the output of builds and tests
#   sources   folder of the copy that holds the files to change
#   suffix    text that follows the name of each file there
#   pattern   text that the names of the mutants to run contain
#   compile   function that builds the changed copy
#   passes    function that runs the tests on it

caught=0
missed=()

# mutant NAME FILE SED-EXPRESSION: changes FILE and expects a test to fail. Prints one of
#   caught   a test failed
#   MISSED   every test passed
#   STALE    the expression changed nothing, so it needs an update
#   BROKEN   the change does not compile
mutant() {
  local name=$1 file=$sources/$2$suffix
  [[ $name == *"$pattern"* ]] || return 0
  cp "$file" "$scratch/original"
  sed -i "$3" "$file"
  if cmp -s "$file" "$scratch/original"; then
    echo "STALE   $name"
    missed+=("$name")
  elif ! compile; then
    echo "BROKEN  $name"
    grep -i error: "$log" | head -3
    missed+=("$name")
  elif passes; then
    echo "MISSED  $name"
    missed+=("$name")
  else
    echo "caught  $name"
    caught=$((caught + 1))
  fi
  cp "$scratch/original" "$file"
}

# expect_all_caught: prints the totals. Fails if a mutant was not caught.
expect_all_caught() {
  echo "$caught caught, ${#missed[@]} not"
  ((${#missed[@]} == 0))
}
