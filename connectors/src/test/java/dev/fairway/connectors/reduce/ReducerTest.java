package dev.fairway.connectors.reduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What the documentation of Flow says of each strategy, on its own examples. */
class ReducerTest {
  private static JsonNode json(String text) {
    return Json.parse(text.replace('\'', '"'));
  }

  private static Reducer reducer(String value) {
    return Reducer.of(json("{'reduce':{'strategy':'merge'},'properties':{'v':" + value + "}}"));
  }

  /** The value that remains of documents with these values, one after the other. */
  private static JsonNode remains(Reducer reducer, String... values) {
    JsonNode document = null;
    for (String value : values) {
      document = reducer.complete(document, Json.object().set("v", json(value)));
    }
    return document == null ? Json.object() : document.path("v");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "firstWriteWins | 1        | 2         | 1",
      "lastWriteWins  | 1        | 2         | 2",
      "append         | [1,2]    | [3]       | [1,2,3]",
      "append         | null     | [3]       | null",
      "merge          | {'a':1}  | {'b':2}   | {'a':1,'b':2}",
      "merge          | [1,1,1]  | [2,2]     | [2,2,1]",
      "merge          | null     | {'b':2}   | null",
      "sum            | 5        | -1.2      | 3.8",
      "sum            | 0.1      | 0.2       | 0.3",
      "sum            | 9007199254740993 | 1 | 9007199254740994",
      "sum            | 9223372036854775807 | 1 | 9223372036854775808",
      "minimize       | 32       | 42        | 32",
      "minimize       | 'a'      | 1         | 1",
      "maximize       | 'abc'    | 'def'     | 'def'",
      "maximize       | 1        | 1.0       | 1"})
  void eachStrategyDoesWhatItIsCalled(String strategy, String left, String right, String expected) {
    assertThat(remains(reducer("{'reduce':{'strategy':'" + strategy + "'}}"), left, right)).isEqualTo(json(expected));
  }

  @Test
  void withoutAnAnnotationTheLastDocumentIsKept() {
    Reducer plain = Reducer.of(json("{'properties':{'v':{'type':'integer'}}}"));
    assertThat(plain.keepsLast()).isTrue();
    assertThat(plain.complete(json("{'a':1,'v':1}"), json("{'v':2}"))).isEqualTo(json("{'v':2}"));
    assertThat(reducer("{}").complete(json("{'a':1,'v':1}"), json("{'v':2}"))).isEqualTo(json("{'a':1,'v':2}"));
  }

  @Test
  void itemsAreMergedByTheirKey() {
    Reducer first = reducer(
        "{'reduce':{'strategy':'merge','key':['/k']},'items':{'reduce':{'strategy':'firstWriteWins'}}}");
    assertThat(remains(first, "[{'k':'a','v':1},{'k':'b','v':1}]", "[{'k':'a','v':2},{'k':'c','v':2}]"))
        .isEqualTo(json("[{'k':'a','v':1},{'k':'b','v':1},{'k':'c','v':2}]"));
    assertThat(remains(reducer("{'reduce':{'strategy':'merge','key':['']}}"), "[1,3]", "[2,3]"))
        .isEqualTo(json("[1,2,3]"));
  }

  @Test
  void valuesOfEqualKeysAreMergedWhenTheSmallestIsKept() {
    String pair = "'type':'array','items':[{'type':'string'},{'type':'number','reduce':{'strategy':'sum'}}]";
    String[] seen = {"['a',1]", "['c',2]", "['b',3]", "['a',4]"};
    assertThat(remains(reducer("{" + pair + ",'reduce':{'strategy':'minimize','key':['/0']}}"), seen))
        .isEqualTo(json("['a',5]"));
    assertThat(remains(reducer("{" + pair + ",'reduce':{'strategy':'maximize','key':['/0']}}"), seen))
        .isEqualTo(json("['c',2]"));
  }

  @Test
  void setsAreChangedByMember() {
    Reducer sets = reducer("""
        {'reduce':{'strategy':'set'},'additionalProperties':{'additionalProperties':{'reduce':{'strategy':'sum'}}}}""");
    assertThat(remains(sets, "{'add':{'a':1,'b':1,'c':1}}", "{'remove':{'b':0}}", "{'add':{'a':1,'d':1}}"))
        .isEqualTo(json("{'add':{'a':2,'c':1,'d':1}}"));
    assertThat(remains(sets, "{'add':{'a':2,'c':1,'d':1}}", "{'intersect':{'a':0,'d':0}}", "{'add':{'a':1,'e':1}}"))
        .isEqualTo(json("{'add':{'a':3,'d':1,'e':1}}"));
  }

  @Test
  void setsOfItemsAreChangedByKey() {
    Reducer sets = reducer("""
        {'reduce':{'strategy':'set','key':['/0']},'additionalProperties':{'items':{'reduce':{'strategy':'merge'},
         'items':[{'type':'string'},{'reduce':{'strategy':'sum'}}]}}}""");
    assertThat(remains(sets, "{'add':[['a',1],['b',1],['c',1]]}", "{'remove':[['b',0]]}", "{'add':[['a',1],['d',1]]}"))
        .isEqualTo(json("{'add':[['a',2],['c',1],['d',1]]}"));
  }

  @Test
  void branchesThatADocumentTakesDecide() {
    Reducer counter = Reducer.of(json("""
        {'oneOf':[
          {'properties':{'action':{'const':'reset'}},'reduce':{'strategy':'lastWriteWins'}},
          {'properties':{'action':{'const':'sum','reduce':{'strategy':'firstWriteWins'}},
            'value':{'reduce':{'strategy':'sum'}}},'reduce':{'strategy':'merge'}}],
         'if':{'properties':{'value':{'maximum':-1000}},'required':['value']},'then':{},'else':{}}"""));
    JsonNode five = json("{'action':'sum','value':5}");
    JsonNode less = json("{'action':'sum','value':-1.2}");
    JsonNode reset = json("{'action':'reset','value':0}");
    assertThat(counter.complete(five, less)).isEqualTo(json("{'action':'sum','value':3.8}"));
    assertThat(counter.complete(counter.complete(five, reset), less))
        .isEqualTo(json("{'action':'reset','value':-1.2}"));
    assertThat(counter.complete(five, counter.combine(reset, less))).isEqualTo(json("{'action':'reset','value':-1.2}"));
  }

  @Test
  void referencesAreFollowed() {
    Reducer referring = Reducer.of(json("""
        {'$defs':{'counter':{'$anchor':'c','reduce':{'strategy':'sum'}}},'allOf':[{'reduce':{'strategy':'merge'}}],
         'properties':{'a':{'$ref':'#/$defs/counter'},'b':{'$ref':'#c'}},'patternProperties':{'^x':{'$ref':'#c'}}}"""));
    assertThat(referring.complete(json("{'a':1,'b':2,'xy':3,'z':4}"), json("{'a':1,'b':1,'xy':1,'z':1}")))
        .isEqualTo(json("{'a':2,'b':3,'xy':4,'z':1}"));
  }

  @Test
  void whatIsDeletedIsGone() {
    Reducer deleting = Reducer.of(json("""
        {'reduce':{'strategy':'merge'},'if':{'properties':{'op':{'const':'d'}},'required':['op']},
         'then':{'reduce':{'strategy':'merge','delete':true}},
         'properties':{'gone':{'reduce':{'strategy':'lastWriteWins','delete':true}}}}"""));
    assertThat(deleting.complete(json("{'a':1,'gone':1}"), json("{'gone':2}"))).isEqualTo(json("{'a':1}"));
    assertThat(deleting.deletes(json("{'op':'c'}"))).isFalse();
    Reducer first = Reducer.of(json("""
        {'if':{'properties':{'op':{'const':'d'}},'required':['op']},
         'then':{'reduce':{'strategy':'merge','delete':true}},'else':{'reduce':{'strategy':'merge'}}}"""));
    assertThat(first.deletes(json("{'op':'d'}"))).isTrue();
    assertThat(first.deletes(json("{'op':'c'}"))).isFalse();
    assertThat(first.deletes(json("{'_meta':{'op':'d'}}"))).isTrue();
  }

  @Test
  void whatCannotBeReducedIsTold() {
    assertThatThrownBy(() -> remains(reducer("{'reduce':{'strategy':'sum'}}"), "1", "'a'"))
        .isInstanceOf(ReduceException.class)
        .hasMessage("cannot reduce /v: sum needs two numbers, and they are 1 and \"a\"");
    assertThatThrownBy(() -> remains(reducer("{'reduce':{'strategy':'sum'}}"), "1e2147483000", "1.5"))
        .hasMessageContaining("more than 2000 digits");
    assertThatThrownBy(() -> remains(reducer("{'reduce':{'strategy':'merge'}}"), "{}", "[]"))
        .hasMessageContaining("merge needs two objects or two arrays");
    assertThatThrownBy(() -> remains(reducer("{'reduce':{'strategy':'set'}}"), "{}", "{'remove':{},'intersect':{}}"))
        .hasMessageContaining("cannot both remove and intersect");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "{'strategy':'summ'}             | /properties/v/reduce unknown strategy \"summ\"; there are append, firstWriteWins",
      "{'strategy':'jsonSchemaMerge'}  | unknown strategy \"jsonSchemaMerge\"",
      "{}                              | has no strategy",
      "'sum'                           | must be an object",
      "{'strategy':'sum','key':['/a']} | sum has no key",
      "{'strategy':'merge','key':['a']} | must be a JSON pointer",
      "{'strategy':'merge','keys':[]}  | unknown member keys"})
  void anAnnotationThatIsNoneIsToldWithItsPlace(String annotation, String problem) {
    assertThatThrownBy(() -> reducer("{'reduce':" + annotation + "}")).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void aMemberCalledReduceIsNoAnnotation() {
    assertThat(Reducer.of(json("{'properties':{'reduce':{'type':'string'}},'default':{'reduce':1}}")).keepsLast())
        .isTrue();
  }
}
