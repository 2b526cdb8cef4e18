using FaceEdge.Hosting;
using FaceEdge.Storage;
using FaceEdge.Vision;

namespace FaceEdge.Tests.Hosting;

public class PipelineHealthTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private readonly TaskCompletionSource _never = new();
    private long _turns;

    [Fact]
    public async Task ModelsThatRunAndADatabaseThatAnswersAreHealthy() =>
        Assert.Null(await new PipelineHealth(() => Task.CompletedTask, () => _turns, () => { }).CheckAsync(Long));

    [Fact]
    public async Task AHungPipelineIsNotHealthy()
    {
        var health = new PipelineHealth(() => _never.Task, () => _turns, () => { });
        Assert.Contains("models", await health.CheckAsync(Short));
        Assert.Contains("models", await health.CheckAsync(Short));
    }

    [Fact]
    public async Task ABusyPipelineIsHealthyWhilePhotosComeOutOfIt()
    {
        var health = new PipelineHealth(() => _never.Task, () => _turns, () => { });
        _turns = 5;
        Assert.Null(await health.CheckAsync(Short));
        Assert.NotNull(await health.CheckAsync(Short)); // none since
        _turns = 6;
        Assert.Null(await health.CheckAsync(Short));
    }

    [Fact]
    public async Task WhatHangsIsNotStartedASecondTime()
    {
        int started = 0;
        var health = new PipelineHealth(
            () =>
            {
                started++;
                return _never.Task;
            },
            () => _turns,
            () => { });
        await health.CheckAsync(Short);
        await health.CheckAsync(Short);
        Assert.Equal(1, started);
        _never.SetResult();
        await health.FinishAsync(Long);
        Assert.Null(await health.CheckAsync(Long));
        Assert.Equal(2, started);
    }

    [Fact]
    public async Task AFailingModelIsNotHealthyHoweverBusy()
    {
        var health = new PipelineHealth(() => Task.FromException(new ModelException("the encoder failed")), () => ++_turns, () => { });
        Assert.Contains("the encoder failed", await health.CheckAsync(Long));
    }

    [Fact]
    public async Task ADamagedDatabaseIsNotHealthy()
    {
        var health = new PipelineHealth(
            () => Task.CompletedTask, () => _turns, () => throw new StorageException(StorageProblem.Corrupt, "damaged"));
        Assert.Contains("damaged", await health.CheckAsync(Long));
    }

    [Fact]
    public async Task AnotherProgramsLockIsNoReasonToBeKilled()
    {
        var health = new PipelineHealth(
            () => Task.CompletedTask, () => _turns, () => throw new StorageException(StorageProblem.InUse, "locked"));
        Assert.Null(await health.CheckAsync(Long));
    }
}
