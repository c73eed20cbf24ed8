! SPDX-License-Identifier: Apache-2.0
! suite:
! Units that main opened, written, read and asked about by whichever thread's turn it is; lines made of parts.
program fortran_units
  use omp_lib
  implicit none
  integer :: turn, me, sequential, direct, value, place, wrong
  integer :: width
  real :: half, depth
  character(len=60) :: name
  logical :: is_open
  namelist /settings/ width, depth

  wrong = 0
  write (name, '(a,i0)') '/tmp/atoll-suite-units-', getpid()
  open (newunit=sequential, file=name, status='replace', action='readwrite')
  open (newunit=direct, status='scratch', access='direct', recl=8, form='unformatted')
  !$omp parallel private(turn, me, value, half, is_open, place) reduction(+:wrong)
  me = omp_get_thread_num()
  do turn = 0, 11
    if (mod(turn, 4) == me) then
      write (sequential, '(a,i3,f8.3)') 'turn', turn, turn * 0.5
      write (direct, rec=turn + 1) turn, turn * 2
      write (*, '(i0,a)', advance='no') turn, ' '
      inquire (unit=sequential, opened=is_open)
      if (.not. is_open) wrong = wrong + 1
    end if
    !$omp barrier
  end do
  if (me == 3) then
    print '(a)', 'line'
    rewind (sequential)
  end if
  !$omp barrier
  do turn = 0, 11
    if (mod(turn + 1, 4) == me) then
      read (sequential, '(4x,i3,f8.3)') value, half
      if (value /= turn .or. half /= turn * 0.5) wrong = wrong + 1
      read (direct, rec=turn + 1) value, place
      if (value /= turn .or. place /= turn * 2) wrong = wrong + 1
    end if
    !$omp barrier
  end do
  if (me == 2) then
    rewind (sequential)
    width = 42
    depth = 0.25
    write (sequential, nml=settings)
    rewind (sequential)
    width = 0
    read (sequential, nml=settings)
    if (width /= 42 .or. depth /= 0.25) wrong = wrong + 1
    flush (sequential)
  end if
  !$omp barrier
  if (me == 1) close (sequential, status='delete')
  !$omp end parallel
  inquire (file=name, exist=is_open)
#ifdef BROKEN
  wrong = wrong + 1
#endif
  if (is_open .or. wrong /= 0) error stop 1
  print '(a)', 'right'
end program
