package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

type fault struct {
	Message string `json:"message"`
	// Lines of every location that BuildKit gives, outermost last; first and last line of each.
	Lines [][2]int `json:"lines"`
}

type heredoc struct {
	Name    string `json:"name"`
	Fd      uint   `json:"fd"`
	Expand  bool   `json:"expand"`
	Chomp   bool   `json:"chomp"`
	Content string `json:"content"`
	// What `<<-` leaves of the content.
	Chomped string `json:"chomped"`
}

type node struct {
	Value    string    `json:"value"`
	Original string    `json:"original"`
	Flags    []string  `json:"flags"`
	JSON     bool      `json:"json"`
	Args     []string  `json:"args"`
	Trigger  *node     `json:"trigger"`
	Heredocs []heredoc `json:"heredocs"`
	Start    int       `json:"start"`
	End      int       `json:"end"`
	Comments []string  `json:"comments"`
	// What instructions.ParseInstruction makes of it.
	Typed any    `json:"typed"`
	Error string `json:"error,omitempty"`
}

type fileAnswer struct {
	// The parser's own error: there are no instructions then.
	ParseError *fault `json:"parseError"`
	// The first error of instructions.Parse over the whole file.
	InstructionsError *fault `json:"instructionsError"`
	// The error of dockerfile2llb, with every image at hand.
	BuildError   *fault            `json:"buildError"`
	Image        any               `json:"image"`
	Escape       string            `json:"escape"`
	Instructions []node            `json:"instructions"`
	Stages       []stage           `json:"stages"`
	MetaArgs     int               `json:"metaArgs"`
	Warnings     []int             `json:"warnings"`
	Directives   map[string]string `json:"directives"`
}

type stage struct {
	Name     string `json:"name"`
	Base     string `json:"base"`
	Commands int    `json:"commands"`
}

// quiet is a linter that nobody listens to; without one, BuildKit falls over a `# check=` comment.
var quiet = linter.New(&linter.Config{})

func answerFile(req request) (reply any) {
	// BuildKit itself falls over some files; that is its answer then.
	defer func() {
		if r := recover(); r != nil {
			reply = map[string]string{"panic": fmt.Sprint(r)}
		}
	}()
	answer := fileAnswer{
		Instructions: []node{},
		Stages:       []stage{},
		Warnings:     []int{},
		Directives:   map[string]string{},
	}
	for _, name := range []string{"syntax", "escape", "check"} {
		if _, value, _, ok := parser.ParseDirective(name, []byte(req.Text)); ok {
			answer.Directives[name] = value
		}
	}
	if req.Build {
		answer.Image, answer.BuildError = build(req.Text)
	}
	result, err := parser.Parse(strings.NewReader(req.Text))
	if err != nil {
		answer.ParseError = toFault(err)
		return answer
	}
	answer.Escape = string(result.EscapeToken)
	for _, warning := range result.Warnings {
		answer.Warnings = append(answer.Warnings, warning.Location.Start.Line)
	}
	for _, child := range result.AST.Children {
		answer.Instructions = append(answer.Instructions, toNode(child, true))
	}
	stages, metaArgs, err := instructions.Parse(result.AST, quiet)
	if err != nil {
		answer.InstructionsError = toFault(err)
		return answer
	}
	for _, s := range stages {
		answer.Stages = append(answer.Stages, stage{Name: s.Name, Base: s.BaseName, Commands: len(s.Commands)})
	}
	answer.MetaArgs = len(metaArgs)
	return answer
}

func toFault(err error) *fault {
	answer := fault{Message: err.Error(), Lines: [][2]int{}}
	var located *parser.LocationError
	if errors.As(err, &located) {
		for _, ranges := range located.Locations {
			if len(ranges) > 0 {
				answer.Lines = append(answer.Lines, [2]int{ranges[0].Start.Line, ranges[len(ranges)-1].End.Line})
			}
		}
	}
	return &answer
}

func toNode(n *parser.Node, typed bool) node {
	answer := node{
		Value:    n.Value,
		Original: n.Original,
		Flags:    append([]string{}, n.Flags...),
		JSON:     n.Attributes["json"],
		Args:     []string{},
		Heredocs: []heredoc{},
		Start:    n.StartLine,
		End:      n.EndLine,
		Comments: append([]string{}, n.PrevComment...),
	}
	for next := n.Next; next != nil; next = next.Next {
		if len(next.Children) == 1 {
			trigger := toNode(next.Children[0], false)
			answer.Trigger = &trigger
		} else {
			answer.Args = append(answer.Args, next.Value)
		}
	}
	for _, h := range n.Heredocs {
		answer.Heredocs = append(answer.Heredocs, heredoc{
			Name: h.Name, Fd: h.FileDescriptor, Expand: h.Expand, Chomp: h.Chomp,
			Content: h.Content, Chomped: parser.ChompHeredocContent(h.Content),
		})
	}
	if typed {
		instruction, err := instructions.ParseInstructionWithLinter(n, quiet)
		if err != nil {
			answer.Error = err.Error()
		} else {
			answer.Typed = toTyped(instruction)
		}
	} else if _, err := instructions.ParseInstructionWithLinter(n, quiet); err != nil {
		answer.Error = err.Error()
	}
	return answer
}

type pair struct {
	Key     string  `json:"key"`
	Value   *string `json:"value"`
	NoDelim bool    `json:"noDelim"`
}

type content struct {
	Path   string `json:"path"`
	Data   string `json:"data"`
	Expand bool   `json:"expand"`
}

func toTyped(instruction any) map[string]any {
	switch c := instruction.(type) {
	case *instructions.Stage:
		return map[string]any{"base": c.BaseName, "name": c.Name, "platform": c.Platform}
	case *instructions.EnvCommand:
		return map[string]any{"pairs": toPairs(c.Env)}
	case *instructions.LabelCommand:
		return map[string]any{"pairs": toPairs(c.Labels)}
	case *instructions.ArgCommand:
		pairs := make([]pair, len(c.Args))
		for i, arg := range c.Args {
			pairs[i] = pair{Key: arg.Key, Value: arg.Value}
		}
		return map[string]any{"pairs": pairs}
	case *instructions.MaintainerCommand:
		return map[string]any{"value": c.Maintainer}
	case *instructions.UserCommand:
		return map[string]any{"value": c.User}
	case *instructions.WorkdirCommand:
		return map[string]any{"value": c.Path}
	case *instructions.StopSignalCommand:
		return map[string]any{"value": c.Signal}
	case *instructions.ExposeCommand:
		return map[string]any{"words": c.Ports}
	case *instructions.VolumeCommand:
		return map[string]any{"words": c.Volumes}
	case *instructions.ShellCommand:
		return map[string]any{"words": c.Shell}
	case *instructions.CmdCommand:
		return map[string]any{"cmdline": append([]string{}, c.CmdLine...), "shell": c.PrependShell}
	case *instructions.EntrypointCommand:
		return map[string]any{"cmdline": append([]string{}, c.CmdLine...), "shell": c.PrependShell}
	case *instructions.HealthCheckCommand:
		return map[string]any{"test": c.Health.Test}
	case *instructions.OnbuildCommand:
		return map[string]any{"expression": c.Expression}
	case *instructions.RunCommand:
		typed := map[string]any{
			"cmdline":  append([]string{}, c.CmdLine...),
			"shell":    c.PrependShell,
			"script":   runScript(c),
			"network":  instructions.GetNetwork(c),
			"security": instructions.GetSecurity(c),
		}
		// The mounts' fields are read when variables are expanded; here every variable stays as it is.
		if err := c.Expand(func(word string) (string, error) { return word, nil }); err == nil {
			typed["mounts"] = instructions.GetMounts(c)
		}
		return typed
	case *instructions.CopyCommand:
		typed := toSources(c.SourcesAndDest)
		typed["chown"], typed["chmod"], typed["from"] = c.Chown, c.Chmod, c.From
		typed["link"], typed["parents"], typed["exclude"] = c.Link, c.Parents, append([]string{}, c.ExcludePatterns...)
		return typed
	case *instructions.AddCommand:
		typed := toSources(c.SourcesAndDest)
		typed["chown"], typed["chmod"], typed["from"] = c.Chown, c.Chmod, ""
		typed["link"], typed["parents"], typed["exclude"] = c.Link, false, append([]string{}, c.ExcludePatterns...)
		return typed
	}
	return map[string]any{}
}

func toPairs(list instructions.KeyValuePairs) []pair {
	pairs := make([]pair, len(list))
	for i, p := range list {
		value := p.Value
		pairs[i] = pair{Key: p.Key, Value: &value, NoDelim: p.NoDelim}
	}
	return pairs
}

func toSources(s instructions.SourcesAndDest) map[string]any {
	contents := make([]content, len(s.SourceContents))
	for i, c := range s.SourceContents {
		contents[i] = content{Path: c.Path, Data: c.Data, Expand: c.Expand}
	}
	return map[string]any{
		"sources":     append([]string{}, s.SourcePaths...),
		"destination": s.DestPath,
		"contents":    contents,
	}
}

// runScript gives the text behind `sh -c`, as dockerfile2llb's dispatchRun puts it together.
func runScript(c *instructions.RunCommand) string {
	if !c.PrependShell || len(c.CmdLine) == 0 {
		return ""
	}
	if len(c.Files) == 0 {
		return c.CmdLine[0]
	}
	if h := parser.MustParseHeredoc(c.CmdLine[0]); h != nil {
		if c.Files[0].Chomp {
			return parser.ChompHeredocContent(c.Files[0].Data)
		}
		return c.Files[0].Data
	}
	var b strings.Builder
	b.WriteString(c.CmdLine[0])
	for _, file := range c.Files {
		b.WriteByte('\n')
		b.WriteString(file.Data)
		b.WriteString(file.Name)
	}
	return b.String()
}
