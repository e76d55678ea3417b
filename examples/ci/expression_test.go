package ci

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

// object is a context of expressions, or a part of one.
type object = map[string]any

var expression = regexp.MustCompile(`\$\{\{(.*?)\}\}`)

// expand puts the values of the expressions of a workflow's text into it.
func expand(t *testing.T, text string, context object) string {
	t.Helper()
	return expression.ReplaceAllStringFunc(text, func(found string) string {
		value := eval(t, expression.FindStringSubmatch(found)[1], context)
		if value == nil {
			return ""
		}
		return fmt.Sprint(value)
	})
}

// holds is whether a condition of a workflow does. None is true.
func holds(t *testing.T, condition string, context object) bool {
	t.Helper()
	if inner := expression.FindStringSubmatch(condition); inner != nil {
		condition = inner[1]
	}
	return condition == "" || truth(eval(t, condition, context))
}

func eval(t *testing.T, source string, context object) any {
	t.Helper()
	node, err := actionlint.NewExprParser().Parse(actionlint.NewExprLexer(source + "}}"))
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	return value(t, node, context)
}

func truth(v any) bool { return v != nil && v != false && v != "" }

// value is what an expression comes to, as far as the workflows here go.
func value(t *testing.T, node actionlint.ExprNode, context object) any {
	t.Helper()
	switch n := node.(type) {
	case *actionlint.StringNode:
		return n.Value
	case *actionlint.VariableNode:
		return context[n.Name]
	case *actionlint.ObjectDerefNode:
		switch receiver := value(t, n.Receiver, context).(type) {
		case object:
			return receiver[n.Property]
		case []any:
			var all []any
			for _, one := range receiver {
				all = append(all, one.(object)[n.Property])
			}
			return all
		}
		return nil
	case *actionlint.ArrayDerefNode:
		return value(t, n.Receiver, context)
	case *actionlint.NotOpNode:
		return !truth(value(t, n.Operand, context))
	case *actionlint.CompareOpNode:
		same := value(t, n.Left, context) == value(t, n.Right, context)
		return same == (n.Kind == actionlint.CompareOpNodeKindEq)
	case *actionlint.LogicalOpNode:
		left := value(t, n.Left, context)
		if truth(left) == (n.Kind == actionlint.LogicalOpNodeKindAnd) {
			return value(t, n.Right, context)
		}
		return left
	case *actionlint.FuncCallNode:
		switch n.Callee {
		case "cancelled":
			return false
		case "join":
			var words []string
			list, _ := value(t, n.Args[0], context).([]any)
			for _, one := range list {
				words = append(words, one.(string))
			}
			return strings.Join(words, value(t, n.Args[1], context).(string))
		}
	}
	t.Fatalf("this test does not know expressions such as %T", node)
	return nil
}
