using FaceEdge.Hosting;

namespace FaceEdge.Tests.Hosting;

public sealed class ReloadTests : IDisposable
{
    private readonly TemporaryFile _file = new("""{ "Gallery": { "Threshold": 0.4 }, "Vision": { "Threads": 1 } }""");
    private readonly SystemdSocket _systemd = new();
    private readonly ServiceManager _manager;
    private readonly CurrentOptions _current;
    private readonly Lines _log = new();
    private readonly Reload _reload;
    private FaceEdgeOptions? _applied;

    public ReloadTests()
    {
        _manager = new ServiceManager(_systemd.Notifier(), SystemdSocket.Environment());
        _current = new CurrentOptions(Read());
        _reload = new Reload(_current, Read, next => _applied = next, _manager, _log);
    }

    [Fact]
    public void WhatCanChangeIsInForceAndSystemdKnows()
    {
        _file.Write("""{ "Gallery": { "Threshold": 0.6 }, "Logging": { "LogLevel": { "Default": "Debug" } } }""");
        _reload.Run();

        Assert.Equal(0.6, _current.Value.Gallery.Threshold);
        Assert.Equal(LogLevel.Debug, _current.Value.Logging.LogLevel["Default"]);
        Assert.Same(_current.Value, _applied);
        Assert.Matches("^RELOADING=1\nMONOTONIC_USEC=[0-9]+$", _systemd.Receive());
        Assert.Equal("READY=1", _systemd.Receive());
    }

    [Fact]
    public void WhatNeedsARestartIsNamedAndStaysAsItWas()
    {
        _file.Write("""{ "Urls": "http://127.0.0.1:9", "Vision": { "Threads": 4 }, "Limits": { "MaxConcurrentRequests": 3, "MaxPixels": 7 } }""");
        _reload.Run();

        Assert.Equal("http://127.0.0.1:5000", _current.Value.Urls);
        Assert.Equal(1, _current.Value.Vision.Threads);
        Assert.Equal(64, _current.Value.Limits.MaxConcurrentRequests);
        Assert.Equal(7, _current.Value.Limits.MaxPixels);
        Assert.Contains(_log, line => line.EndsWith(": Urls, Vision:Threads, Limits:MaxConcurrentRequests", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ "Gallery": { "Threshold": 7 } }""", "line 1: Gallery:Threshold must be")]
    [InlineData("{\n \"Gallery\": {\n", "line 3")]
    public void AWrongFileChangesNothing(string text, string reason)
    {
        FaceEdgeOptions before = _current.Value;
        _file.Write(text);
        _reload.Run();

        Assert.Same(before, _current.Value);
        Assert.Null(_applied);
        Assert.Contains(_log, line => line.StartsWith("Error reload: refused", StringComparison.Ordinal)
            && line.Contains(_file.Path, StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal));
        _systemd.Receive();
        Assert.Equal("READY=1", _systemd.Receive());
    }

    [Theory]
    [InlineData("FaceEdge.Recognition.Recognizer", LogLevel.Debug)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Warning)]
    [InlineData("Microsoft.AspNetCoreLookalike", LogLevel.Debug)]
    [InlineData("Microsoft.Hosting.Lifetime", LogLevel.None)]
    public void TheLongestNameDecidesTheLevel(string category, LogLevel expected) => Assert.Equal(expected, DaemonLogging.LevelOf(category, new()
    {
        ["Default"] = LogLevel.Debug,
        ["Microsoft.AspNetCore"] = LogLevel.Warning,
        ["Microsoft.Hosting"] = LogLevel.Error,
        ["Microsoft.Hosting.Lifetime"] = LogLevel.None,
    }));

    [Theory]
    [InlineData("8:12345", "socket:[12345]", true)]
    [InlineData("8:12345", "socket:[1234]", false)]
    [InlineData("8:12345", "/dev/pts/1", false)]
    [InlineData("", "socket:[]", false)]
    [InlineData(null, null, false)]
    public void OnlyTheJournalsOwnSocketIsTheJournal(string? variable, string? target, bool journal) =>
        Assert.Equal(journal, Journal.Names(variable, target));

    public void Dispose()
    {
        _reload.Dispose();
        _systemd.Dispose();
        _file.Dispose();
    }

    private FaceEdgeOptions Read() => OptionsLoader.Load([], _file.Path);

    /// <summary>Remembers what was logged.</summary>
    private sealed class Lines : List<string>, ILogger<Reload>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Add($"{logLevel} {formatter(state, exception)}");
    }
}
