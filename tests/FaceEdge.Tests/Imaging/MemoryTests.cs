using System.Runtime.CompilerServices;
using FaceEdge.Imaging;

namespace FaceEdge.Tests.Imaging;

[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;

/// <summary>Memory is reused and comes back. Runs alone, because it looks at the pool and at the whole process.</summary>
[Collection(nameof(Alone))]
public class MemoryTests
{
    [Fact]
    public void BufferIsReused()
    {
        nint first;
        using (var image = RgbImage.Rent(1000, 1000))
        {
            first = Address(image);
        }
        using var next = RgbImage.Rent(990, 1000);
        Assert.Equal(first, Address(next));
        Assert.Equal(0, first % 64);
        using var third = RgbImage.Rent(990, 1000);
        Assert.NotEqual(first, Address(third));
    }

    [Fact]
    public void SecondDisposeIsHarmlessAndUseAfterItIsNot()
    {
        var image = RgbImage.Rent(500, 500);
        image.Dispose();
        image.Dispose();
        using var one = RgbImage.Rent(500, 500);
        using var two = RgbImage.Rent(500, 500);
        Assert.NotEqual(Address(one), Address(two));
        Assert.Throws<ObjectDisposedException>(() => image.Pixels.Length);
    }

    [Fact]
    public void ForgottenImageComesBack()
    {
        NativeBuffers.Trim(long.MaxValue);
        Forget();
        for (var attempt = 0; attempt < 20 && NativeBuffers.WaitingBytes == 0; attempt++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.InRange(NativeBuffers.WaitingBytes, 3 * 1234 * 1234, long.MaxValue);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget() => RgbImage.Rent(1234, 1234);
    }

    [Fact]
    public void HugeBuffersAreNotKeptAndTheOthersOnlyForAWhile()
    {
        NativeBuffers.Trim(long.MaxValue);
        RgbImage.Rent(6000, 6000).Dispose();
        Assert.Equal(0, NativeBuffers.WaitingBytes);
        var images = Enumerable.Range(0, 20).Select(_ => RgbImage.Rent(2000, 2000)).ToList();
        images.ForEach(image => image.Dispose());
        Assert.InRange(NativeBuffers.WaitingBytes, NativeBuffers.MostKept / 2, NativeBuffers.MostKept);
        NativeBuffers.Trim(Environment.TickCount64);
        Assert.NotEqual(0, NativeBuffers.WaitingBytes);
        NativeBuffers.Trim(Environment.TickCount64 + 60_000);
        Assert.Equal(0, NativeBuffers.WaitingBytes);
    }

    [Fact]
    public void SmallImageDoesNotSitInALargeBuffer()
    {
        NativeBuffers.Trim(long.MaxValue);
        RgbImage.Rent(2000, 2000).Dispose();
        using var small = RgbImage.Rent(200, 200);
        Assert.InRange(NativeBuffers.WaitingBytes, 3 * 2000 * 2000, long.MaxValue);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, -1)]
    [InlineData(int.MaxValue, 1)]
    [InlineData(50_000, 50_000)]
    public void ImpossibleSizeIsRefused(int width, int height) => Assert.Throws<ArgumentOutOfRangeException>(() => RgbImage.Rent(width, height));

    [Fact]
    public void ThreadsNeverShareABuffer() => Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
    {
        for (var round = 0; round < 300; round++)
        {
            using var image = RgbImage.Rent(50 + round % 7, 60);
            image.Pixels.Fill((byte)thread);
            Assert.Equal(-1, image.Pixels.IndexOfAnyExcept((byte)thread));
        }
    });

    [Fact]
    public void DecodingAndRefusingLeavesNoMemoryBehind()
    {
        string[] kinds = ["jpeg", "progressive", "exif", "ycck", "png", "interlaced", "webp", "lossless", "alpha"];
        var files = kinds.Select(BrokenFilesTests.Sample).Append(File.ReadAllBytes(Repository.Photo("sample1.jpg"))).ToArray();
        Round(100);
        var before = ResidentBytes();
        Round(300); // 20 KB leaked on one path alone would show
        Assert.InRange(ResidentBytes() - before, long.MinValue, 6 << 20);

        void Round(int rounds)
        {
            for (var round = 0; round < rounds; round++)
            {
                foreach (var file in files.AsSpan(0, round % 50 == 0 ? files.Length : files.Length - 1))
                {
                    ImageDecoder.Decode(file, 10_000_000, 2048).Dispose();
                    var damaged = file[..(file.Length * (round % 9 + 1) / 10)];
                    Assert.Throws<ImageException>(() => ImageDecoder.Decode(damaged, 10_000_000, 2048));
                    Assert.Throws<ImageException>(() => ImageDecoder.Decode(file, 100, 2048));
                }
            }
        }
    }

    private static unsafe nint Address(RgbImage image) => (nint)image.Pointer;

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]);
    }
}
